@ Entered in Secure Supervisor mode: SRS and RFE of every mode, then through Monitor mode to Hyp mode and Non-secure Supervisor mode,
@ with calls back to each. Ends in a loop that counts down.
        .arch armv7-a
        .arch_extension sec
        .arch_extension virt
        .arch_extension idiv
        .arm
        .text

        .macro scr reg
        mrc     p15, 0, \reg, c1, c1, 0
        .endm

        @ The image header: a zImage.
        b       start
        .space  32
        .word   0x016f2818, 0, 0x4000
        .space  64 - 48

start:
        mrs     r0, cpsr
        scr     r1
        mrc     p15, 0, r2, c1, c1, 2           @ NSACR
        mrc     p15, 0, r3, c0, c1, 1           @ ID_PFR1
        ldr     r4, =0x12345660
        mcr     p15, 0, r4, c12, c0, 0          @ the Secure VBAR
        mcr     p15, 0, r4, c13, c0, 4          @ the Secure TPIDRPRW
        mrc     p15, 0, r5, c12, c0, 0

        @ SRS of each mode onto the stack of another, in each direction, and the RFE that undoes it.
        .macro  roundtrip mode, other, store, load, status
        cps     #\mode
        adr     r0, 1f
        mov     lr, r0
        ldr     r1, =\status
        msr     spsr_fsxc, r1
        cps     #\other
        adrl    sp, area
        cps     #\mode
        \store  sp!, #\other
        cps     #\other
        mov     r4, sp
        ldmia   r4, {r5, r6}
        \load   sp!
        nop
1:      mrs     r7, cpsr
        .endm

        .irp    status, 0xf00001d3, 0x080001d3, 0x000f01d3
        roundtrip 0x11, 0x12, srsdb, rfeia, \status
        roundtrip 0x12, 0x13, srsia, rfedb, \status
        roundtrip 0x17, 0x1b, srsib, rfeda, \status
        roundtrip 0x1b, 0x17, srsda, rfeib, \status
        roundtrip 0x13, 0x11, srsdb, rfeia, \status
        roundtrip 0x16, 0x13, srsib, rfeda, \status
        .endr

        @ Through Monitor mode to Hyp mode.
        adr     r5, monitor
        mcr     p15, 0, r5, c12, c0, 1          @ MVBAR
        ldr     r6, =0xc00
        mcr     p15, 0, r6, c1, c1, 2           @ NSACR: the vector unit is for everyone
        cps     #0x16
        mrs     r0, cpsr
        scr     r1
        ldr     r2, =0x131                      @ HCE, AW, FW, NS
        mcr     p15, 0, r2, c1, c1, 0
        scr     r3
        mrc     p15, 0, r4, c12, c0, 0          @ the Non-secure banks
        mrc     p15, 0, r5, c13, c0, 4
        adrl    r7, hypervisor
        mcr     p15, 4, r7, c12, c0, 0          @ HVBAR
        ldr     r8, =0x600001da
        msr     spsr_fsxc, r8
        adr     lr, in_hyp
        movs    pc, lr

        .ltorg
in_hyp:
        mrs     r0, cpsr
        mrs     r1, elr_hyp
        smc     #0
        mrs     r2, cpsr
        hvc     #0x123
        mrc     p15, 0, r3, c1, c1, 0           @ SCR: undefined here
        nop
        mrc     p15, 0, r3, c1, c1, 2           @ NSACR may be read
        ldr     r4, =0x76543200
        mcr     p15, 0, r4, c13, c0, 4          @ the Non-secure TPIDRPRW
        ldr     r5, =0xa00001d3
        msr     spsr_fsxc, r5
        adr     r6, supervisor
        msr     elr_hyp, r6
        eret

supervisor:
        mrs     r0, cpsr
        adrl    r7, vectors
        mcr     p15, 0, r7, c12, c0, 0          @ VBAR
        adrl    sp, area
        svc     #7
        hvc     #8
        smc     #9
        mrs     r1, cpsr
        mrc     p15, 0, r3, c13, c0, 4
        mcr     p15, 0, r3, c1, c1, 0           @ SCR: undefined
        nop
        .irp    status, 0x500001d3, 0x880501d3
        roundtrip 0x12, 0x11, srsdb, rfeia, \status
        roundtrip 0x17, 0x13, srsib, rfeda, \status
        .endr
        mov     r0, #0x4000
1:      subs    r0, r0, #1
        b       1b
        .ltorg

        @ Monitor mode: looks at what it came from, at the Secure bank and back.
        .balign 32
monitor:
        b       .
        b       .
        b       monitor_call
        .space  20
monitor_call:
        mrs     r9, spsr
        scr     r10
        bic     r11, r10, #1
        mcr     p15, 0, r11, c1, c1, 0
        mrc     p15, 0, r12, c13, c0, 4
        mcr     p15, 0, r10, c1, c1, 0
        mrc     p15, 0, r12, c13, c0, 4
        movs    pc, lr

        .balign 32
hypervisor:
        b       .
        b       hyp_undefined
        b       hyp_call
        b       .
        b       .
        b       hyp_call
        .space  8
hyp_undefined:
        mrs     r9, elr_hyp
        add     r9, r9, #4
        msr     elr_hyp, r9
hyp_call:
        mrc     p15, 4, r10, c5, c2, 0          @ HSR
        mrs     r11, spsr
        eret

        .balign 32
vectors:
        b       .
        b       undefined
        b       called
        b       .
        b       .
        b       .
        b       .
        b       .
undefined:
        mrs     r9, spsr
        movs    pc, lr
called:
        mrs     r9, spsr
        srsdb   sp!, #0x13
        mrs     r10, cpsr
        rfeia   sp!

        .balign 16
        .space  256
area:
        .space  256
