module github.com/bytedance/gopkg

go 1.24.0
