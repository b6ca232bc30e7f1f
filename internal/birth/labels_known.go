//go:build !go1.28 && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package birth

// labelsKnown says that somebody has looked up where this Go release has the labels
// in a g, and what a set of labels looks like. To move the fence, compare type g in
// runtime/runtime2.go with the distances, and internal/runtime/pprof/label.
const labelsKnown = true
