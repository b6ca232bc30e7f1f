module github.com/panjf2000/ants

go 1.24.0
