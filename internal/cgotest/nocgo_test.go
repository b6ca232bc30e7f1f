//go:build !cgo

package cgotest

import "testing"

func TestCallbacks(t *testing.T) { t.Skip("CGO_ENABLED=0: nothing can be called from C") }
