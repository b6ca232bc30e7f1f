module example.com/without

go 1.24.0

require github.com/seed-1938943e/goroutine v0.0.0

replace github.com/seed-1938943e/goroutine => ../inherit/goroutine
