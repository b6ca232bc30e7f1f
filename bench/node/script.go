// Package node has the JavaScript side of the comparison.
package node

import _ "embed"

// Script is the program that node and bun run.
//
//go:embed als.mjs
var Script string
