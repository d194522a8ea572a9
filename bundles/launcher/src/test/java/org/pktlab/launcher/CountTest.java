package org.pktlab.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class CountTest {
  @ParameterizedTest
  @CsvSource({"1,1", "10,10", "0x0a,10", "0XFF,255", "012,10", "18446744073709551615,9223372036854775807", "0x7fffffffffffffff,9223372036854775807"})
  void shouldReadCountsInCSyntax(String text, long value) {
    assertEquals(value, new Count().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0x0", "", "-1", "+1", "x", "08", "0x", "1 ", "18446744073709551616", "1e3", "0x-1"})
  void shouldRefuseWhatIsNoCount(String text) {
    assertThrows(TypeConversionException.class, () -> new Count().convert(text));
  }
}
