module github.com/oklog/run

go 1.24.0
