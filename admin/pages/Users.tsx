export default function Users() { return <p className="plain">Users</p> }
