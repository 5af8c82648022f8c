export default function Works() { return <p className="plain">Works</p> }
