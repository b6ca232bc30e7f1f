//go:build (amd64 || arm64) && go1.28

package async

const leafABI = false
