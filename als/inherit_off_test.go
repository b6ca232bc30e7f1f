//go:build !inherit

package als_test

const inheriting = false
