package dev.breakmake.engine.isa.a64;

/**
 * Kinds of micro-operations: one per A64 instruction, specialised by operand size and form where the interpreter or translated code
 * gains by it. Operands are the fields of {@link MicroOp}: {@code d}, {@code n}, {@code m} and {@code a} name registers.
 *
 * <p>Numbered by how often boots execute them, because HotSpot's quick compiler makes a switch one comparison after the other
 * (docs/decisions/0800).
 */
final class Op {

    private Op() {}

    /** d = 8 bytes at n + imm. */
    static final int LDR_X = 0;

    /** If condition a, pc += imm. */
    static final int B_COND = 1;

    /** d = n + imm. */
    static final int ADD_IMM_X = 2;

    /** d = 4 bytes at n + imm. */
    static final int LDR_W = 3;

    /** 8 bytes at n + imm = d. */
    static final int STR_X = 4;

    /** d = n + (m &lt;&lt; s). */
    static final int ADD_X = 5;

    /** d = imm. */
    static final int MOV_IMM = 6;

    /** d = page of pc + imm. */
    static final int ADRP = 7;

    /** d = n - (m &lt;&lt; s), flags. */
    static final int SUBS_X = 8;

    /** Any other load or store; see {@link MemoryOperations}. */
    static final int MEMORY = 9;

    /** d = m. */
    static final int MOV_X = 10;

    /** 4 bytes at n + imm = d. */
    static final int STR_W = 11;

    /** d = n &amp; (m &lt;&lt; s). */
    static final int AND_X = 12;

    /** d = n | (m &lt;&lt; s). */
    static final int ORR_X = 13;

    /** System instruction, exception generation or anything that changes what the next instruction means. */
    static final int SYSTEM = 14;

    /** If bit s of n is set, pc += imm. */
    static final int TBNZ = 15;

    /** d = n - (m &lt;&lt; s), flags, 32 bits. */
    static final int SUBS_W = 16;

    /** d = (n &gt;&gt;&gt; s) &amp; imm. */
    static final int UBFX = 17;

    /** If n is zero in 32 bits, pc += imm. */
    static final int CBZ_W = 18;

    /** d = (n &amp; imm) &lt;&lt; s. */
    static final int UBFIZ = 19;

    /** d = m, 32 bits. */
    static final int MOV_W = 20;

    /** d = n &amp; imm. */
    static final int AND_IMM = 21;

    /** d = n + imm, 32 bits. */
    static final int ADD_IMM_W = 22;

    /** pc = n. */
    static final int BR = 23;

    /** d = n - imm, flags, 32 bits. */
    static final int SUBS_IMM_W = 24;

    /** If bit s of n is clear, pc += imm. */
    static final int TBZ = 25;

    /** d = condition a ? n : m + 1, 32 bits. */
    static final int CSINC_W = 26;

    /** d = n - imm, flags. */
    static final int SUBS_IMM_X = 27;

    /** d = n &amp; imm, flags. */
    static final int ANDS_IMM_X = 28;

    /** Link, pc += imm. */
    static final int BL = 29;

    /** d = n - (m &lt;&lt; s). */
    static final int SUB_X = 30;

    /** d = d with the bits imm &lt;&lt; s replaced by those of n, 32 bits. */
    static final int BFI_W = 31;

    /** d = n | imm. */
    static final int ORR_IMM_X = 32;

    /** d = byte at n + imm. */
    static final int LDRB = 33;

    /** 16 bytes at n + imm = d, a. */
    static final int STP_X = 34;

    /** d, a = 16 bytes at n + imm. */
    static final int LDP_X = 35;

    /** d = n &gt;&gt;&gt; m. */
    static final int LSRV_X = 36;

    /** d = d with 16 bits at s replaced by imm. */
    static final int MOVK_X = 37;

    /** d = byte at n + (m &lt;&lt; s). */
    static final int LDRB_REG = 38;

    /** If n is not zero in 32 bits, pc += imm. */
    static final int CBNZ_W = 39;

    /** If n is not zero, pc += imm. */
    static final int CBNZ_X = 40;

    /** d = n &lt;&lt; m. */
    static final int LSLV_X = 41;

    /** d = (n &lt;&lt; imm) &gt;&gt; s. */
    static final int SBFM_X = 42;

    /** If n is zero, pc += imm. */
    static final int CBZ_X = 43;

    /** pc += imm. */
    static final int B = 44;

    /** d = n + imm, flags. */
    static final int ADDS_IMM_X = 45;

    /** Other operations on flags; see {@link AluOperations#flags}. */
    static final int FLAGS = 46;

    /** d = bytes of n reversed, 32 bits. */
    static final int REV_W = 47;

    /** Any other addition, subtraction or logical operation; see {@link AluOperations#alu}. */
    static final int ALU_W_OR_X = 48;

    /** d = 8 bytes at n + (m &lt;&lt; s). */
    static final int LDR_X_REG = 49;

    /** d = n &amp; (m &lt;&lt; s), 32 bits. */
    static final int AND_W = 50;

    /** n += imm; 16 bytes at n = d, a. */
    static final int STP_X_PRE = 51;

    /** d, a = 16 bytes at n; n += imm. */
    static final int LDP_X_POST = 52;

    /** A barrier that orders; s is CRm. */
    static final int DMB = 53;

    /** d = n | (m &lt;&lt; s), 32 bits. */
    static final int ORR_W = 54;

    /** d = condition a ? n : m, 32 bits. */
    static final int CSEL_W = 55;

    /** d = n &lt;&lt; m, 32 bits. */
    static final int LSLV_W = 56;

    /** d = a + n * m. */
    static final int MADD_X = 57;

    /** d = 4 bytes at n + (m &lt;&lt; s). */
    static final int LDR_W_REG = 58;

    /** d = d with the bits imm &lt;&lt; s replaced by those of n. */
    static final int BFI_X = 59;

    /** d = 2 bytes at n + imm. */
    static final int LDRH = 60;

    /** Link, pc = n. */
    static final int BLR = 61;

    /** d = n &amp; (m &lt;&lt; s), flags. */
    static final int ANDS_X = 62;

    /** d = n | imm, 32 bits. */
    static final int ORR_IMM_W = 63;

    /** Nothing: hints that need no action. */
    static final int NOP = 64;

    /** 2 bytes at n + imm = d. */
    static final int STRH = 65;

    /** d = TPIDR_EL2. */
    static final int TPIDR = 66;

    /** 4 bytes at n + (m &lt;&lt; s) = d. */
    static final int STR_W_REG = 67;

    /** d = condition a ? n : m. */
    static final int CSEL_X = 68;

    /** d = n + (extended m &lt;&lt; s); imm is the extension. */
    static final int ADD_EXT_X = 69;

    /** d = n &amp; imm, flags, 32 bits. */
    static final int ANDS_IMM_W = 70;

    /** d = 8 bytes at n; n += imm. */
    static final int LDR_X_POST = 71;

    /** Byte at n + imm = d. */
    static final int STRB = 72;

    /** Other data processing without memory or flags; see {@link AluOperations#other}. */
    static final int ALU2 = 73;

    /** d = d with the bits imm replaced by those of n &gt;&gt;&gt; s. */
    static final int BFXIL_X = 74;

    /** d = n - (m &lt;&lt; s), 32 bits. */
    static final int SUB_W = 75;

    /** d = leading zeros of n. */
    static final int CLZ_X = 76;

    /** 8 bytes at n + (m &lt;&lt; s) = d. */
    static final int STR_X_REG = 77;

    /** d = (n &lt;&lt; imm) &gt;&gt; s, 32 bits. */
    static final int SBFM_W = 78;

    /** d = n &gt;&gt;&gt; m, 32 bits. */
    static final int LSRV_W = 79;

    /** d = n ^ imm. */
    static final int EOR_IMM_X = 80;

    /** d = a + unsigned n * m. */
    static final int UMADDL = 81;

    /** d = n ^ imm, 32 bits. */
    static final int EOR_IMM_W = 82;

    /** d = bytes of n reversed. */
    static final int REV_X = 83;

    /** d = n + (m &lt;&lt; s), 32 bits. */
    static final int ADD_W = 84;

    /** d = n &amp; ~(m &lt;&lt; s). */
    static final int BIC_X = 85;

    /** d = n ^ (m &lt;&lt; s). */
    static final int EOR_X = 86;

    /** d = n &amp; (m &lt;&lt; s), flags, 32 bits. */
    static final int ANDS_W = 87;

    /** n += imm; 8 bytes at n = d. */
    static final int STR_X_PRE = 88;

    /** 16 bytes at n = d, a; n += imm. */
    static final int STP_X_POST = 89;

    /** d = n &amp; ~(m &lt;&lt; s), 32 bits. */
    static final int BIC_W = 90;

    /** d = condition a ? n : ~m. */
    static final int CSINV_X = 91;

    /** d = d with 16 bits at s replaced by imm, 32 bits. */
    static final int MOVK_W = 92;

    /** The next instruction lies in the next page. */
    static final int END_OF_PAGE = 93;

    /** d = a - n * m. */
    static final int MSUB_X = 94;

    /** d = n + imm, flags, 32 bits. */
    static final int ADDS_IMM_W = 95;

    /** d = a + signed n * m. */
    static final int SMADDL = 96;

    /** d = 4 bytes at n + imm, sign extended. */
    static final int LDRSW = 97;

    /** d = pc + imm. */
    static final int ADR = 98;

    /** d = n | ~(m &lt;&lt; s). */
    static final int ORN_X = 99;

    /** d = n + (m &lt;&lt; s), flags. */
    static final int ADDS_X = 100;

    /** d = leading zeros of n, 32 bits. */
    static final int CLZ_W = 101;

    /** d = d with the bits imm replaced by those of n &gt;&gt;&gt; s, 32 bits. */
    static final int BFXIL_W = 102;

    /** d = a + n * m, 32 bits. */
    static final int MADD_W = 103;

    /** Byte at n + (m &lt;&lt; s) = d. */
    static final int STRB_REG = 104;

    /** d = condition a ? n : -m, 32 bits. */
    static final int CSNEG_W = 105;

    /** d = condition a ? n : m + 1. */
    static final int CSINC_X = 106;

    /** d = condition a ? n : ~m, 32 bits. */
    static final int CSINV_W = 107;

    /** d = n ^ (m &lt;&lt; s), 32 bits. */
    static final int EOR_W = 108;

    /** d = n | ~(m &lt;&lt; s), 32 bits. */
    static final int ORN_W = 109;

    /** d = condition a ? n : -m. */
    static final int CSNEG_X = 110;

    /** n += imm; d, a = 16 bytes at n. */
    static final int LDP_X_PRE = 111;

    /** The place where the boot is to stop. */
    static final int BREAKPOINT = 112;

    /** Kinds below are half of what a boot executes. */
    static final int OFTEN = 8;

    /** Kinds below are two thirds. */
    static final int SOMETIMES = 20;

    /** Number of kinds. */
    static final int COUNT = 113;
}
