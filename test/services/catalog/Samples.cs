// The values of each row. samples.json holds the same for the handlers: change both or neither.
using System;
using System.Collections.Generic;
using System.Linq;

namespace Contoso.Catalog {
  public static class Samples {
    public static Scalars Scalars(int row) {
      switch (row) {
        case 1: return new Scalars {
          Bool = true, Byte = sbyte.MaxValue, UnsignedByte = byte.MaxValue, Short = short.MaxValue, UnsignedShort = ushort.MaxValue,
          Int = int.MaxValue, UnsignedInt = uint.MaxValue, Long = long.MaxValue, UnsignedLong = ulong.MaxValue,
          Float = 0.1f, Double = 0.1, Decimal = decimal.MaxValue, Char = 'A',
          Guid = new Guid("0F8FAD5B-D9CB-469F-A165-70867728950E"),
          DateTime = new DateTime(2024, 3, 10, 12, 34, 56, DateTimeKind.Utc).AddTicks(1234567),
          DateTimeOffset = new DateTimeOffset(2024, 3, 10, 12, 34, 56, TimeSpan.FromMinutes(-330)),
          TimeSpan = new TimeSpan(1, 2, 3, 4, 5), Bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray(),
          String = "plain", Uri = new Uri("http://contoso.example/a?b=c&d=e%20f#g"),
        };
        case 2: return new Scalars {
          Byte = sbyte.MinValue, Short = short.MinValue, Int = int.MinValue, Long = long.MinValue, UnsignedLong = 9223372036854775808,
          Float = float.PositiveInfinity, Double = double.NaN, Decimal = decimal.MinValue, Char = '\uFFFD',
          DateTime = new DateTime(2024, 7, 1, 0, 0, 0, DateTimeKind.Local), TimeSpan = TimeSpan.MaxValue, Bytes = new byte[0], String = "",
          DateTimeOffset = new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.FromHours(14)), Uri = new Uri("relative/ü", UriKind.Relative),
        };
        case 3: return new Scalars {
          Float = float.NegativeInfinity, Double = double.NegativeInfinity, Decimal = 1.10m, Char = ' ',
          DateTime = new DateTime(1, 1, 1), TimeSpan = TimeSpan.MinValue, Bytes = null, String = null,
        };
        case 4: return new Scalars {
          Float = float.MaxValue, Double = double.Epsilon, Decimal = 0.0000000000000000000000000001m, Long = 9007199254740993, Char = '<',
          DateTime = new DateTime(9999, 12, 31, 23, 59, 59).AddTicks(9999999), TimeSpan = TimeSpan.FromTicks(-1),
          Bytes = new byte[] { 255 }, String = "  both ends  ",
        };
        case 5: return new Scalars {
          Float = float.Epsilon, Double = double.MaxValue, Decimal = 100.00m, Long = -9007199254740993, Char = '€',
          DateTime = new DateTime(2000, 2, 29, 0, 0, 0, DateTimeKind.Unspecified).AddTicks(10), TimeSpan = TimeSpan.FromDays(400),
        };
        case 6: return new Scalars { Float = -0f, Double = -0d, Decimal = -0.00m, Char = '\t', TimeSpan = TimeSpan.FromSeconds(0.5) };
        default: return null;
      }
    }

    public static Nullables Nullables(int row) {
      switch (row) {
        case 1: return new Nullables();
        case 2: return new Nullables {
          Bool = false, Byte = 0, UnsignedByte = 0, Short = 0, UnsignedShort = 0, Int = 0, UnsignedInt = 0, Long = 0, UnsignedLong = 0, Float = 0,
          Double = 0, Decimal = 0, Char = 'Z', Guid = System.Guid.Empty, DateTime = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc),
          TimeSpan = System.TimeSpan.Zero, Colour = Contoso.Catalog.Colour.Red, Marks = 0, Later = 0,
        };
        case 3: return new Nullables {
          Double = double.PositiveInfinity, Float = float.NaN, Decimal = 79228162514264337593543950335m, UnsignedLong = ulong.MaxValue,
          Colour = Contoso.Catalog.Colour.Grün, Marks = Contoso.Catalog.Marks.New | Contoso.Catalog.Marks.Heavy,
        };
        default: return null;
      }
    }

    public static Lists Lists(int row) {
      switch (row) {
        case 1: return new Lists();
        case 2: return new Lists {
          Ints = new List<int?>(), Strings = new List<string>(), Grid = new List<List<int>>(), Blobs = new List<byte[]>(), Colours = new Colour[0],
          Dates = new DateTime?[0], Stock = new Dictionary<string, int>(), Shelves = new Dictionary<int, Item>(), Items = new List<Item>(),
        };
        case 3: return new Lists {
          Ints = new List<int?> { 1, null, -3, null }, Strings = new List<string> { "a", null, "", "  " },
          Grid = new List<List<int>> { new List<int> { 1, 2 }, new List<int>(), null, new List<int> { 3 } },
          Blobs = new List<byte[]> { new byte[] { 1, 2, 3 }, new byte[0], null }, Colours = new[] { Colour.DarkBlue, Colour.Grün, Colour.Red },
          Dates = new DateTime?[] { null, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc) }, Marks = Marks.New | Marks.Sale,
          Stock = new Dictionary<string, int> { { "b", 2 }, { "a & <b>", 1 }, { "", 0 }, { "__proto__", 3 }, { "ключ", -4 } },
          Shelves = new Dictionary<int, Item> { { 2, new Item { Sku = "two", Price = 2.50m } }, { 1, null } },
          Items = new List<Item> { new Item { Sku = "x", Price = 1.0m, Note = "n" }, null, new Item { Sku = "" } },
        };
        default: return null;
      }
    }

    public static List<string> Texts(int row) {
      switch (row) {
        case 1: return new List<string> { "", " ", "  lead", "trail  ", "\n", "a\nb", "a\tb", "a\r\nb", "a\rb" };
        case 2: return new List<string> { "<![CDATA[x]]>", "]]>", "&amp;", "&#65;", "&", "<a b='c'>\"d\"</a>", "<?xml version=\"1.0\"?><doc><a>1</a></doc>", "<!-- no -->", "<![CDATA[a]]></string><string>b<![CDATA[c]]>" };
        case 3: return new List<string> { "😀", "👩‍👩‍👧", "e\u0301", "\u00e9", "\u0301", "\u202eabc", "a\u00a0b", "\u2028", "\u0085", "\ufeff", "\ufffd", "株式会社", "\ue000", "\U0010fffd" };
        case 4: return new List<string> { new string('x', 70000), string.Concat(Enumerable.Repeat("ü😀", 5000)) };
        case 5: return new List<string> { "__proto__", "constructor", "$xml", "{\"$type\":\"Circle\"}", "null", "true", "0x10", "1e3", "NaN" };
        default: return null;
      }
    }

    public static Tree Tree(int row) {
      switch (row) {
        case 1: return new Tree { Name = "alone" };
        case 2: return new Tree { Name = "root", Children = new List<Tree> { new Tree { Children = new List<Tree>() }, null, new Tree { Name = "b", Children = new List<Tree> { new Tree { Name = "c" } } } } };
        case 3: return Enumerable.Range(0, 12).Aggregate(new Tree { Name = "leaf" }, (inner, i) => new Tree { Name = "n" + i, Children = new List<Tree> { inner } });
        default: return null;
      }
    }

    public static List<Shape> Shapes(int row) {
      switch (row) {
        case 1: return new List<Shape> { new Shape { Name = "base" }, new Circle { Name = "round", Radius = 1.5, Also = null }, null, new Box { Width = 2.0m } };
        case 2: return new List<Shape> { new Crate { Name = "crate", Width = 9.90m, Inner = new Box { Inner = new Circle { Radius = double.NaN } }, Held = new[] { new Item { Sku = "s" } } } };
        default: return null;
      }
    }

    public static object Any(int row) {
      switch (row) {
        case 1: return 5;
        case 2: return 9007199254740993L;
        case 3: return "text";
        case 4: return 1.10m;
        case 5: return new DateTime(2024, 3, 10, 12, 34, 56, DateTimeKind.Utc);
        default: return null;
      }
    }
  }
}
