// Package gin has the shape of the real one.
package gin

type Context struct{}
