package main

import _ "github.com/seed-1938943e/goroutine/als/inherit" // plain go statements carry the execution context
