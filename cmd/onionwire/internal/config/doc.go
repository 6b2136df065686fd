// Package config is how the app is set up: one file for all profiles, one in the folder
// of each profile that goes before it, and environment variables that go before both.
//
// [Load] reads them, [Set] changes a file and leaves what else is in it as it is. All
// that can be set is in one table, from which docs/configuration.md is made as well:
// [Keys] returns it. Files are TOML. A key that nobody knows is refused with its line,
// because a setting that does nothing is worse than a program that does not start.
//
// No secret belongs into these files.
package config

//go:generate go test -run TestDocument -update .
