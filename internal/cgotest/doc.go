// Package cgotest tests execution contexts in callbacks from C. It is a package of
// its own because a test file cannot use cgo, and package als must not.
package cgotest
