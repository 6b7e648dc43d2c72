// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#include <stdint.h>

typedef void (*Handler)(void);

extern uint32_t __stack_top[];
void Reset_Handler(void);

/// Where every exception ends that the application does not handle. It stays here, so that a
/// debugger finds it; the emulator stops the run and reports what happened.
__attribute__((noreturn, used)) void Unhandled_Exception(void) {
  for (;;) __asm volatile("");
}

#define HANDLER(name) __attribute__((weak, alias("Unhandled_Exception"))) void name(void);

// A handler is a function of this name, in Swift or in C: it takes the place of the weak one.
HANDLER(NMI_Handler)
HANDLER(HardFault_Handler)
HANDLER(MemManage_Handler)
HANDLER(BusFault_Handler)
HANDLER(UsageFault_Handler)
HANDLER(SVC_Handler)
HANDLER(DebugMonitor_Handler)
HANDLER(PendSV_Handler)
HANDLER(SysTick_Handler)
HANDLER(POWER_CLOCK_IRQHandler)
HANDLER(RADIO_IRQHandler)
HANDLER(UARTE0_IRQHandler)
HANDLER(SERIAL0_IRQHandler)
HANDLER(SERIAL1_IRQHandler)
HANDLER(NFCT_IRQHandler)
HANDLER(GPIOTE_IRQHandler)
HANDLER(SAADC_IRQHandler)
HANDLER(TIMER0_IRQHandler)
HANDLER(TIMER1_IRQHandler)
HANDLER(TIMER2_IRQHandler)
HANDLER(RTC0_IRQHandler)
HANDLER(TEMP_IRQHandler)
HANDLER(RNG_IRQHandler)
HANDLER(ECB_IRQHandler)
HANDLER(CCM_AAR_IRQHandler)
HANDLER(WDT_IRQHandler)
HANDLER(RTC1_IRQHandler)
HANDLER(QDEC_IRQHandler)
HANDLER(COMP_LPCOMP_IRQHandler)
HANDLER(EGU0_IRQHandler)
HANDLER(EGU1_IRQHandler)
HANDLER(EGU2_IRQHandler)
HANDLER(EGU3_IRQHandler)
HANDLER(EGU4_IRQHandler)
HANDLER(EGU5_IRQHandler)
HANDLER(TIMER3_IRQHandler)
HANDLER(TIMER4_IRQHandler)
HANDLER(PWM0_IRQHandler)
HANDLER(PDM_IRQHandler)
HANDLER(MWU_IRQHandler)
HANDLER(PWM1_IRQHandler)
HANDLER(PWM2_IRQHandler)
HANDLER(SPIM2_IRQHandler)
HANDLER(RTC2_IRQHandler)
HANDLER(I2S_IRQHandler)
HANDLER(FPU_IRQHandler)
HANDLER(USBD_IRQHandler)
HANDLER(UARTE1_IRQHandler)
HANDLER(QSPI_IRQHandler)
HANDLER(CRYPTOCELL_IRQHandler)
HANDLER(PWM3_IRQHandler)
HANDLER(SPIM3_IRQHandler)

/// The initial stack pointer, the core's exceptions (Armv7-M Architecture Reference Manual,
/// B1.5.2) and the chip's interrupts (nRF52840 Product Specification v1.7, 4.2.3).
__attribute__((section(".vectors"), used)) const struct {
  uint32_t *stackTop;
  Handler exceptions[15];
  Handler interrupts[48];
} __vectors = {
    __stack_top,
    {
        Reset_Handler,
        NMI_Handler,
        HardFault_Handler,
        MemManage_Handler,
        BusFault_Handler,
        UsageFault_Handler,
        Unhandled_Exception,
        Unhandled_Exception,
        Unhandled_Exception,
        Unhandled_Exception,
        SVC_Handler,
        DebugMonitor_Handler,
        Unhandled_Exception,
        PendSV_Handler,
        SysTick_Handler,
    },
    {
        POWER_CLOCK_IRQHandler,
        RADIO_IRQHandler,
        UARTE0_IRQHandler,
        SERIAL0_IRQHandler,
        SERIAL1_IRQHandler,
        NFCT_IRQHandler,
        GPIOTE_IRQHandler,
        SAADC_IRQHandler,
        TIMER0_IRQHandler,
        TIMER1_IRQHandler,
        TIMER2_IRQHandler,
        RTC0_IRQHandler,
        TEMP_IRQHandler,
        RNG_IRQHandler,
        ECB_IRQHandler,
        CCM_AAR_IRQHandler,
        WDT_IRQHandler,
        RTC1_IRQHandler,
        QDEC_IRQHandler,
        COMP_LPCOMP_IRQHandler,
        EGU0_IRQHandler,
        EGU1_IRQHandler,
        EGU2_IRQHandler,
        EGU3_IRQHandler,
        EGU4_IRQHandler,
        EGU5_IRQHandler,
        TIMER3_IRQHandler,
        TIMER4_IRQHandler,
        PWM0_IRQHandler,
        PDM_IRQHandler,
        Unhandled_Exception,
        Unhandled_Exception,
        MWU_IRQHandler,
        PWM1_IRQHandler,
        PWM2_IRQHandler,
        SPIM2_IRQHandler,
        RTC2_IRQHandler,
        I2S_IRQHandler,
        FPU_IRQHandler,
        USBD_IRQHandler,
        UARTE1_IRQHandler,
        QSPI_IRQHandler,
        CRYPTOCELL_IRQHandler,
        Unhandled_Exception,
        Unhandled_Exception,
        PWM3_IRQHandler,
        Unhandled_Exception,
        SPIM3_IRQHandler,
    },
};
