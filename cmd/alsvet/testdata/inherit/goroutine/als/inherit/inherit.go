// Package inherit stands for the real one.
package inherit
