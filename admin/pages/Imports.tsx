export default function Imports() { return <p className="plain">Imports</p> }
