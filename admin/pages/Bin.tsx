export default function Bin() { return <p className="plain">Bin</p> }
