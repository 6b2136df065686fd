// Package clitest runs the programs as their users do: as processes of their
// own, with standard input and output, signals, an environment, and folders in
// which nothing may be left behind.
//
// A test binary is the program that it tests, too: call [Main] in TestMain. Then
// [NewBox] gives a place to run it in, [Box.Start] runs it, and [Network] is a
// private Tor network that all tests of the binary share. Scripts run the
// program under the same name; see [Script].
package clitest
