package parts

// StreamWindow is how much a peer may send on a stream before it is read.
const StreamWindow = streamWindow
