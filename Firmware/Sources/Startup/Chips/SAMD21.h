// Breadboard: boards for TinyML, emulated. Apache License 2.0, see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The interrupts of the SAM D21 (DS40001882, Nested Vector Interrupt Controller).

HANDLER(PM_Handler)
HANDLER(SYSCTRL_Handler)
HANDLER(WDT_Handler)
HANDLER(RTC_Handler)
HANDLER(EIC_Handler)
HANDLER(NVMCTRL_Handler)
HANDLER(DMAC_Handler)
HANDLER(USB_Handler)
HANDLER(EVSYS_Handler)
HANDLER(SERCOM0_Handler)
HANDLER(SERCOM1_Handler)
HANDLER(SERCOM2_Handler)
HANDLER(SERCOM3_Handler)
HANDLER(SERCOM4_Handler)
HANDLER(SERCOM5_Handler)
HANDLER(TCC0_Handler)
HANDLER(TCC1_Handler)
HANDLER(TCC2_Handler)
HANDLER(TC3_Handler)
HANDLER(TC4_Handler)
HANDLER(TC5_Handler)
HANDLER(ADC_Handler)
HANDLER(AC_Handler)
HANDLER(DAC_Handler)
HANDLER(PTC_Handler)
HANDLER(I2S_Handler)

VECTOR_TABLE(samd21g18a, 28) = {
    CORE_EXCEPTIONS,
    {
        PM_Handler,
        SYSCTRL_Handler,
        WDT_Handler,
        RTC_Handler,
        EIC_Handler,
        NVMCTRL_Handler,
        DMAC_Handler,
        USB_Handler,
        EVSYS_Handler,
        SERCOM0_Handler,
        SERCOM1_Handler,
        SERCOM2_Handler,
        SERCOM3_Handler,
        SERCOM4_Handler,
        SERCOM5_Handler,
        TCC0_Handler,
        TCC1_Handler,
        TCC2_Handler,
        TC3_Handler,
        TC4_Handler,
        TC5_Handler,
        Unhandled_Exception,
        Unhandled_Exception,
        ADC_Handler,
        AC_Handler,
        DAC_Handler,
        PTC_Handler,
        I2S_Handler,
    },
};
