// IN WORK by a colleague since 14:25 - leave this page to them, do not overwrite.
export default function Works() { return <p className="plain">Works</p> }
