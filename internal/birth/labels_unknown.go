//go:build go1.28 || !(amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package birth

const labelsKnown = false
