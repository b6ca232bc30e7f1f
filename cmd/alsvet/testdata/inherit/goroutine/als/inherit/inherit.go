// Package inherit stands for the real one.
package inherit

func Detach(fn any) {}
