//go:build !inherit

package alstrace_test

const inheriting = false
