//go:build !(amd64 || arm64)

package async

// withTwins runs fn with the portable twins, which is all there is.
func withTwins(fn func()) { fn() }
