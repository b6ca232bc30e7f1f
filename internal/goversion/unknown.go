//go:build go1.28

package goversion

// Known reports whether this Go release has been looked into.
const Known = false
