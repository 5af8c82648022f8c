export default function Progress() { return <p className="plain">Progress</p> }
