//go:build go1.28

package goversion

// Known is false in a release that is newer than those we have looked into.
const Known = false
