// Package structure holds the rules about the repository as a whole, as tests:
// which package may import which, what the module may require, what the source
// may contain, and which names the public packages export.
package structure
