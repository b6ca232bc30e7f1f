//go:build never

package main

import _ "github.com/seed-1938943e/goroutine/als/inherit"
