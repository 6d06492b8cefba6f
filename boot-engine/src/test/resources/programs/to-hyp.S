@ Firmware in front of an image: entered in Secure Supervisor mode, goes through Monitor mode and enters what lies 64 KiB above in Hyp mode
@ with the registers it was given. Calls get the answer that there is no such call.
        .arch armv7-a
        .arch_extension sec
        .arm
        .text
start:
        b       1f
        .space  32
        .word   0x016f2818, 0, 0x200000
        .space  64 - 48
1:      adr     r4, monitor
        mcr     p15, 0, r4, c12, c0, 1          @ MVBAR
        mov     r4, #0xc00
        mcr     p15, 0, r4, c1, c1, 2           @ NSACR: the vector unit is for everyone
        cps     #0x16
        mov     r4, #0x31                       @ SCR: AW, FW, NS
        orr     r4, r4, #0x100                  @ and HCE
        mcr     p15, 0, r4, c1, c1, 0
        mov     r4, #0x1da
        msr     spsr_fsxc, r4
        adr     lr, start
        add     lr, lr, #0x10000
        movs    pc, lr
        .balign 32
monitor:
        b       .
        b       .
        mvn     r0, #0
        movs    pc, lr
