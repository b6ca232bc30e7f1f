//go:build !inherit

package alshttp_test

const inheriting = false
