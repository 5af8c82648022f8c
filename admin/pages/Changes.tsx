export default function Changes() { return <p className="plain">Changes</p> }
