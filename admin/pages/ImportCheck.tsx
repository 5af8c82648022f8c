export default function ImportCheck() { return <p className="plain">ImportCheck</p> }
