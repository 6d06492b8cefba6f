package dev.breakmake.engine.isa.a32;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encodings as the assembler writes them; comments of the rows are the source lines. */
class DecoderTest {

    @ParameterizedTest
    @CsvSource({
        "e0812003, ADD", // add r2, r1, r3
        "e3500000, CMP", // cmp r0, #0
        "e3a00001, MOV", // mov r0, #1
        "e30c0def, MOVW", // movw r0, #0xcdef
        "e34a0bcd, MOVT", // movt r0, #0xabcd
        "e0010392, MUL", // mul r1, r2, r3
        "e0840392, UMULL", // umull r0, r4, r2, r3
        "e1c120d8, LDRD", // ldrd r2, [r1, #8]
        "e1c120f8, STRD", // strd r2, [r1, #8]
        "e1d120b0, LDRH", // ldrh r2, [r1]
        "e1d120d1, LDRSB", // ldrsb r2, [r1, #1]
        "e1912f9f, LDREX", // ldrex r2, [r1]
        "e1b12f9f, LDREXD", // ldrexd r2, [r1]
        "e1810f92, STREX", // strex r0, r2, [r1]
        "e5912004, LDR", // ldr r2, [r1, #4]
        "e7d12003, LDRB", // ldrb r2, [r1, r3]
        "e92d4010, STM", // push {r4, lr}
        "e8bd8010, LDM", // pop {r4, pc}
        "e8fd8010, LDM_RETURN", // ldmia sp!, {r4, pc}^
        "e12fff1e, BX", // bx lr
        "e12fff33, BLX", // blx r3
        "e16f0f11, CLZ", // clz r0, r1
        "e7e70051, UBFX", // ubfx r0, r1, #0, #8
        "e7c0001f, BFC", // bfc r0, #0, #1
        "e6bf0f31, REV", // rev r0, r1
        "e6ef0071, UXTAB", // uxtb r0, r1
        "e10f0000, MRS", // mrs r0, cpsr
        "e10e0300, MRS_BANKED", // mrs r0, ELR_hyp
        "e121f000, MSR_REGISTER", // msr cpsr_c, r0
        "e160006e, ERET", // eret
        "e1600070, SMC", // smc #0
        "e1400070, HVC", // hvc #0
        "ef000000, SVC", // svc #0
        "e320f002, WFE", // wfe
        "e320f000, NOP", // nop
        "f10c0080, CPS", // cpsid i
        "f57ff04f, DSB", // dsb sy
        "f57ff05b, DMB", // dmb ish
        "f57ff06f, ISB", // isb
        "f5d1f000, PRELOAD", // pld [r1]
        "ee110f10, MRC", // mrc p15, 0, r0, c1, c0, 0
        "ee881f17, MCR", // mcr p15, 4, r1, c8, c7, 0
        "ec410f42, MCRR", // mcrr p15, 4, r0, r1, c2
        "ec510f42, MRRC", // mrrc p15, 4, r0, r1, c2
        "e7f000f0, UDF", // udf #0
        "fa000000, BLX_TO_T32", // blx label
        "e733f712, UDIV", // udiv r3, r2, r7
    })
    void encodingsDecodeToTheirOperation(final String opcode, final Operation operation) {
        assertThat(Decoder.decode(Integer.parseUnsignedInt(opcode, 16)).operation)
                .isEqualTo(operation);
    }

    @ParameterizedTest
    @CsvSource({
        "e3a004ff, ff000000, 1", // mov r0, #0xff000000
        "e3a000ff, 000000ff, -1", // mov r0, #0xff
        "e3a0030f, 3c000000, 0", // mov r0, #0x3c000000
    })
    void constantsAreRotatedAndCarryTheirTopBit(final String opcode, final String value, final int carry) {
        final Instruction instruction = Decoder.decode(Integer.parseUnsignedInt(opcode, 16));

        assertThat(instruction.immediate).isEqualTo(Integer.parseUnsignedInt(value, 16));
        assertThat(instruction.immediateCarry).isEqualTo(carry);
    }
}
