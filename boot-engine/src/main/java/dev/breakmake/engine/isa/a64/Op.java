package dev.breakmake.engine.isa.a64;

/**
 * Kinds of micro-operations: one per A64 instruction, specialised by operand size and form where the interpreter or translated code
 * gains by it. Operands are the fields of {@link MicroOp}: {@code d}, {@code n}, {@code m} and {@code a} name registers.
 */
final class Op {

    private Op() {}

    /** d = n + imm. */
    static final int ADD_IMM_X = 0;

    /** d = n + imm, 32 bits. */
    static final int ADD_IMM_W = 1;

    /** d = n + imm, flags. */
    static final int ADDS_IMM_X = 2;

    /** d = n + imm, flags, 32 bits. */
    static final int ADDS_IMM_W = 3;

    /** d = n - imm, flags. */
    static final int SUBS_IMM_X = 4;

    /** d = n - imm, flags, 32 bits. */
    static final int SUBS_IMM_W = 5;

    /** d = n + (m &lt;&lt; s). */
    static final int ADD_X = 6;

    /** d = n + (m &lt;&lt; s), 32 bits. */
    static final int ADD_W = 7;

    /** d = n - (m &lt;&lt; s). */
    static final int SUB_X = 8;

    /** d = n - (m &lt;&lt; s), 32 bits. */
    static final int SUB_W = 9;

    /** d = n + (m &lt;&lt; s), flags. */
    static final int ADDS_X = 10;

    /** d = n - (m &lt;&lt; s), flags. */
    static final int SUBS_X = 11;

    /** d = n - (m &lt;&lt; s), flags, 32 bits. */
    static final int SUBS_W = 12;

    /** d = n &amp; imm. */
    static final int AND_IMM = 13;

    /** d = n | imm. */
    static final int ORR_IMM_X = 14;

    /** d = n | imm, 32 bits. */
    static final int ORR_IMM_W = 15;

    /** d = n ^ imm. */
    static final int EOR_IMM_X = 16;

    /** d = n ^ imm, 32 bits. */
    static final int EOR_IMM_W = 17;

    /** d = n &amp; imm, flags. */
    static final int ANDS_IMM_X = 18;

    /** d = n &amp; imm, flags, 32 bits. */
    static final int ANDS_IMM_W = 19;

    /** d = n &amp; (m &lt;&lt; s). */
    static final int AND_X = 20;

    /** d = n &amp; (m &lt;&lt; s), 32 bits. */
    static final int AND_W = 21;

    /** d = n | (m &lt;&lt; s). */
    static final int ORR_X = 22;

    /** d = n | (m &lt;&lt; s), 32 bits. */
    static final int ORR_W = 23;

    /** d = n ^ (m &lt;&lt; s). */
    static final int EOR_X = 24;

    /** d = n ^ (m &lt;&lt; s), 32 bits. */
    static final int EOR_W = 25;

    /** d = n &amp; ~(m &lt;&lt; s). */
    static final int BIC_X = 26;

    /** d = n &amp; ~(m &lt;&lt; s), 32 bits. */
    static final int BIC_W = 27;

    /** d = n &amp; (m &lt;&lt; s), flags. */
    static final int ANDS_X = 28;

    /** d = n &amp; (m &lt;&lt; s), flags, 32 bits. */
    static final int ANDS_W = 29;

    /** d = n | ~(m &lt;&lt; s). */
    static final int ORN_X = 30;

    /** d = n | ~(m &lt;&lt; s), 32 bits. */
    static final int ORN_W = 31;

    /** d = m. */
    static final int MOV_X = 32;

    /** d = m, 32 bits. */
    static final int MOV_W = 33;

    /** d = imm. */
    static final int MOV_IMM = 34;

    /** d = d with 16 bits at s replaced by imm. */
    static final int MOVK_X = 35;

    /** d = d with 16 bits at s replaced by imm, 32 bits. */
    static final int MOVK_W = 36;

    /** d = pc + imm. */
    static final int ADR = 37;

    /** d = page of pc + imm. */
    static final int ADRP = 38;

    /** d = (n &gt;&gt;&gt; s) &amp; imm. */
    static final int UBFX = 39;

    /** d = (n &amp; imm) &lt;&lt; s. */
    static final int UBFIZ = 40;

    /** d = (n &lt;&lt; imm) &gt;&gt; s. */
    static final int SBFM_X = 41;

    /** d = (n &lt;&lt; imm) &gt;&gt; s, 32 bits. */
    static final int SBFM_W = 42;

    /** d = d with the bits imm &lt;&lt; s replaced by those of n. */
    static final int BFI_X = 43;

    /** d = d with the bits imm &lt;&lt; s replaced by those of n, 32 bits. */
    static final int BFI_W = 44;

    /** d = d with the bits imm replaced by those of n &gt;&gt;&gt; s. */
    static final int BFXIL_X = 45;

    /** d = d with the bits imm replaced by those of n &gt;&gt;&gt; s, 32 bits. */
    static final int BFXIL_W = 46;

    /** d = condition a ? n : m. */
    static final int CSEL_X = 47;

    /** d = condition a ? n : m, 32 bits. */
    static final int CSEL_W = 48;

    /** d = condition a ? n : m + 1. */
    static final int CSINC_X = 49;

    /** d = condition a ? n : m + 1, 32 bits. */
    static final int CSINC_W = 50;

    /** d = condition a ? n : ~m. */
    static final int CSINV_X = 51;

    /** d = condition a ? n : ~m, 32 bits. */
    static final int CSINV_W = 52;

    /** d = condition a ? n : -m. */
    static final int CSNEG_X = 53;

    /** d = condition a ? n : -m, 32 bits. */
    static final int CSNEG_W = 54;

    /** d = n &lt;&lt; m. */
    static final int LSLV_X = 55;

    /** d = n &lt;&lt; m, 32 bits. */
    static final int LSLV_W = 56;

    /** d = n &gt;&gt;&gt; m. */
    static final int LSRV_X = 57;

    /** d = n &gt;&gt;&gt; m, 32 bits. */
    static final int LSRV_W = 58;

    /** d = leading zeros of n. */
    static final int CLZ_X = 59;

    /** d = leading zeros of n, 32 bits. */
    static final int CLZ_W = 60;

    /** d = bytes of n reversed. */
    static final int REV_X = 61;

    /** d = bytes of n reversed, 32 bits. */
    static final int REV_W = 62;

    /** d = a + n * m. */
    static final int MADD_X = 63;

    /** d = a + n * m, 32 bits. */
    static final int MADD_W = 64;

    /** d = a - n * m. */
    static final int MSUB_X = 65;

    /** d = a + unsigned n * m. */
    static final int UMADDL = 66;

    /** d = a + signed n * m. */
    static final int SMADDL = 67;

    /** d = n + (extended m &lt;&lt; s); imm is the extension. */
    static final int ADD_EXT_X = 68;

    /** Any other addition, subtraction or logical operation; see {@link AluOperations#alu}. */
    static final int ALU_W_OR_X = 69;

    /** Other data processing without memory or flags; see {@link AluOperations#other}. */
    static final int ALU2 = 70;

    /** Other operations on flags; see {@link AluOperations#flags}. */
    static final int FLAGS = 71;

    /** pc += imm. */
    static final int B = 72;

    /** Link, pc += imm. */
    static final int BL = 73;

    /** If condition a, pc += imm. */
    static final int B_COND = 74;

    /** If n is zero, pc += imm. */
    static final int CBZ_X = 75;

    /** If n is not zero, pc += imm. */
    static final int CBNZ_X = 76;

    /** If n is zero in 32 bits, pc += imm. */
    static final int CBZ_W = 77;

    /** If n is not zero in 32 bits, pc += imm. */
    static final int CBNZ_W = 78;

    /** If bit s of n is clear, pc += imm. */
    static final int TBZ = 79;

    /** If bit s of n is set, pc += imm. */
    static final int TBNZ = 80;

    /** pc = n. */
    static final int BR = 81;

    /** Link, pc = n. */
    static final int BLR = 82;

    /** d = 8 bytes at n + imm. */
    static final int LDR_X = 83;

    /** d = 4 bytes at n + imm. */
    static final int LDR_W = 84;

    /** d = 2 bytes at n + imm. */
    static final int LDRH = 85;

    /** d = byte at n + imm. */
    static final int LDRB = 86;

    /** d = 4 bytes at n + imm, sign extended. */
    static final int LDRSW = 87;

    /** 8 bytes at n + imm = d. */
    static final int STR_X = 88;

    /** 4 bytes at n + imm = d. */
    static final int STR_W = 89;

    /** 2 bytes at n + imm = d. */
    static final int STRH = 90;

    /** Byte at n + imm = d. */
    static final int STRB = 91;

    /** d = 8 bytes at n + (m &lt;&lt; s). */
    static final int LDR_X_REG = 92;

    /** d = 4 bytes at n + (m &lt;&lt; s). */
    static final int LDR_W_REG = 93;

    /** d = byte at n + (m &lt;&lt; s). */
    static final int LDRB_REG = 94;

    /** 8 bytes at n + (m &lt;&lt; s) = d. */
    static final int STR_X_REG = 95;

    /** 4 bytes at n + (m &lt;&lt; s) = d. */
    static final int STR_W_REG = 96;

    /** Byte at n + (m &lt;&lt; s) = d. */
    static final int STRB_REG = 97;

    /** d, a = 16 bytes at n + imm. */
    static final int LDP_X = 98;

    /** 16 bytes at n + imm = d, a. */
    static final int STP_X = 99;

    /** n += imm; d, a = 16 bytes at n. */
    static final int LDP_X_PRE = 100;

    /** n += imm; 16 bytes at n = d, a. */
    static final int STP_X_PRE = 101;

    /** d, a = 16 bytes at n; n += imm. */
    static final int LDP_X_POST = 102;

    /** 16 bytes at n = d, a; n += imm. */
    static final int STP_X_POST = 103;

    /** d = 8 bytes at n; n += imm. */
    static final int LDR_X_POST = 104;

    /** n += imm; 8 bytes at n = d. */
    static final int STR_X_PRE = 105;

    /** Nothing: hints that need no action. */
    static final int NOP = 106;

    /** A barrier that orders; s is CRm. */
    static final int DMB = 107;

    /** d = TPIDR_EL2. */
    static final int TPIDR = 108;

    /** Any other load or store; see {@link MemoryOperations}. */
    static final int MEMORY = 109;

    /** System instruction, exception generation or anything that changes what the next instruction means. */
    static final int SYSTEM = 110;

    /** The next instruction lies in the next page. */
    static final int END_OF_PAGE = 111;

    /** The place where the boot is to stop. */
    static final int BREAKPOINT = 112;

    /** Number of kinds. */
    static final int COUNT = 113;
}
