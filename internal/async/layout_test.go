package async

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// TestRecordLayout pins the offsets and constants that the assembly uses, on 64 bits, and
// the sizes that the code is optimized for.
func TestRecordLayout(t *testing.T) {
	var r Record
	var c Cell
	var h grant
	var k Key
	assert.Zero(t, unsafe.Offsetof(k.token), "assembly reads the token at the address of the key")
	assert.Zero(t, unsafe.Offsetof(r.Entry), "recordOf needs it")
	assert.Zero(t, unsafe.Offsetof(c.token))
	assert.Zero(t, unsafe.Offsetof(h.value))
	if wordSize != 8 {
		return
	}
	assert.EqualValues(t, 16, unsafe.Offsetof(r.cells), "record_cells")
	assert.EqualValues(t, 24, unsafe.Offsetof(r.cellState)+unsafe.Offsetof(r.cellState.mask), "record_mask")
	assert.EqualValues(t, 28, unsafe.Offsetof(r.cellState)+unsafe.Offsetof(r.cellState.flags), "record_flags")
	assert.EqualValues(t, 1, shared, "tested in assembly, with scoped, as the low 16 bits")
	assert.EqualValues(t, 1<<8, scoped, "record_scoped is the second byte of the flags")
	assert.EqualValues(t, 0x20000, room, "ROOM in assembly")
	assert.EqualValues(t, 32, unsafe.Offsetof(r.published), "record_published")
	assert.EqualValues(t, 48, unsafe.Sizeof(Scope{}), "the size class of a scope")
	assert.EqualValues(t, 32, unsafe.Sizeof(Handle{}), "a Handle is passed in registers")
	assert.EqualValues(t, 16, unsafe.Offsetof(c.ptr), "cell_ptr")
	assert.EqualValues(t, 24, unsafe.Offsetof(c.length), "cell_length")
	assert.EqualValues(t, 8, unsafe.Offsetof(h.root), "grant_root")
	assert.EqualValues(t, 32, unsafe.Sizeof(c), "the masked token is the offset of the cell")
	assert.EqualValues(t, 1<<indexShift, unsafe.Sizeof(c))
	assert.EqualValues(t, 0x1fffffe0, indexMask, "INDEX_BITS in assembly")
	assert.EqualValues(t, 3, indirection, "tested in assembly")
	assert.EqualValues(t, 28, offsetMask, "used in assembly")
	assert.EqualValues(t, 1, boxed)
	assert.EqualValues(t, 4, maxProbe, "the assembly looks at one cell and three more")
	assert.LessOrEqual(t, unsafe.Sizeof(r), uintptr(80), "the size class of a record")
	assert.EqualValues(t, 32, unsafe.Sizeof(Switch{}), "a Switch is passed in registers")
	assert.EqualValues(t, 16, unsafe.Sizeof(Context{}))

	owner := (*[2]uint64)(unsafe.Pointer(&r.Entry))
	r.Init(0, 4711)
	assert.EqualValues(t, 4711, owner[0], "the owner is the first word")
}

func TestTokenParts(t *testing.T) {
	for _, shape := range []Token{offsetScalar, offsetPointer, boxed, revocable} {
		for _, index := range []uint32{1, 2, 3, 4, 1 << 10, 1<<indexBits - 1} {
			for _, gen := range []Token{1, 2, 1 << 20, 1<<32 - 1} {
				x := gen<<generationShift | Token(index)<<indexShift | shape | explicit | private
				assert.Equal(t, index, x.Index())
				assert.Equal(t, shape&indirection != 0, x.Boxed())
				assert.False(t, x.IsVacant())
				assert.True(t, x.vacant().IsVacant())
				assert.NotZero(t, x.vacant(), "0 is the token of a cell that was never used")
				assert.Equal(t, index, x.vacant().Index())
				assert.True(t, x.SameIndex(x.vacant()))
				assert.True(t, x.SameIndex(x+generation))
				assert.False(t, x.SameIndex(x^1<<indexShift))
				assert.False(t, x.SameIndex(x^1<<(purposeShift-1)))
				assert.NotEqual(t, x, x.vacant())
			}
		}
	}
}
