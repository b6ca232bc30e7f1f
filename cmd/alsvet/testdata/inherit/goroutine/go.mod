module github.com/seed-1938943e/goroutine

go 1.24.0
