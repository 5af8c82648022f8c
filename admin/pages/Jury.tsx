export default function Jury() { return <p className="plain">Jury</p> }
