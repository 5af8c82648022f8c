export default function Dictionary() { return <p className="plain">Dictionary</p> }
