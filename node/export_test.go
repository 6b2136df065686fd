package node

// Violation names an error of the handshake.
var Violation = violation
