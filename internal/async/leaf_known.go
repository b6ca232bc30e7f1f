//go:build (amd64 || arm64) && !go1.28

package async

// leafABI says that the calling convention of this Go release is the one that the
// leaves follow. To move the fence, compare internal/abi-internal.md of the new
// release with what lookup_*.s says about registers, and run .ci/run with it.
const leafABI = true
