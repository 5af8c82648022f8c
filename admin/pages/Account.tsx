export default function Account() { return <p className="plain">Account</p> }
