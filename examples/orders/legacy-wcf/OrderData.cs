// What the orders are: the same function as examples/orders/data.ts, to the last digit. Change both or neither.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Contoso.Orders {
  public static class OrderData {
    /// Orders 1 to 899 999 exist.
    public const long End = 900000;
    const int MaxList = 100;

    static readonly string[] names = { "Plain Trading Ltd", "Müller & Söhne", "O'Neil <Imports>", "Møller \"Nord\" ApS", "株式会社 青空" };
    static readonly string[] notes = { null, "", "  a & b < c, then ]]> and \"quotes\"  ", "line one\nline two\tand a tab", "leave it at the door" };
    static readonly string[] channels = { null, "web", "phone" };

    public static Order Find(long n) {
      return n >= 1 && n < End ? At(n) : null;
    }

    public static IEnumerable<Order> Select(string customer, OrderStatus? status, int max) {
      return Numbers(customer).Where(n => status == null || StatusOf(n) == status).Take(Math.Min(Math.Max(max, 0), MaxList)).Select(At);
    }

    public static ValidationFault Problem(NewOrder order) {
      if (order == null || string.IsNullOrEmpty(order.ClientRef)) return Wrong("ClientRef", "An order needs a reference of its own.");
      if (order.Lines == null || order.Lines.Count == 0) return Wrong("Lines", "An order needs at least one line.");
      if (order.Lines.Any(line => line == null || line.Quantity < 1)) return Wrong("Quantity", "Quantities are whole numbers from 1.");
      return null;
    }

    /// Depends on the order alone, so that every service gives the same receipt for it.
    public static OrderReceipt Receipt(NewOrder order) {
      return new OrderReceipt {
        ClientRef = order.ClientRef,
        Number = 9100000000000000001L + 2 * (long)Fnv1a(order.ClientRef),
        Status = OrderStatus.New,
        Total = order.Lines.Sum(line => line.Price * line.Quantity),
      };
    }

    static ValidationFault Wrong(string field, string reason) {
      return new ValidationFault { Field = field, Reason = reason };
    }

    static Order At(long n) {
      var placed = new DateTime(2024, 1, 1).AddTicks(n * 123456789013);
      return new Order {
        Number = n,
        Serial = 9007199254740993 + (n - 1) * 2,
        Id = new Guid(n.ToString("x8") + "-0de5-4a11-8b0b-" + (n * 1000003).ToString("x12")),
        Customer = new Customer { Code = CodeOf(n), Name = names[n % 5] },
        Lines = n % 11 == 0 ? null : Lines(n),
        Amount = AmountOf(n),
        Status = StatusOf(n),
        Placed = DateTime.SpecifyKind(placed, KindOf(n)),
        ShippedAt = n % 3 == 0 ? (DateTime?)null : DateTime.SpecifyKind(new DateTime(placed.Ticks / 10000000 * 10000000).AddDays(2), DateTimeKind.Utc),
        Note = notes[n % 5],
        Tags = Tags(n),
        Channel = channels[n % 3],
      };
    }

    static IEnumerable<long> Numbers(string customer) {
      long first = 1, step = 1;
      if (customer != null) {
        int code;
        if (customer.Length != 5 || customer[0] != 'C') yield break;
        if (!int.TryParse(customer.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out code) || code > 199) yield break;
        step = 200;
        first = code == 0 ? 200 : code;
      }
      for (var n = first; n < End; n += step) yield return n;
    }

    static string CodeOf(long n) {
      return "C" + (n % 200).ToString("d4");
    }

    static OrderStatus StatusOf(long n) {
      return (OrderStatus)(n / 7 % 4);
    }

    static DateTimeKind KindOf(long n) {
      return n % 3 == 0 ? DateTimeKind.Utc : n % 3 == 1 ? DateTimeKind.Local : DateTimeKind.Unspecified;
    }

    static List<OrderLine> Lines(long n) {
      return Enumerable.Range(0, (int)(n % 4)).Select(i => new OrderLine {
        Sku = "SKU-" + ((n * 7 + i * 13) % 1000).ToString("d3"),
        Quantity = (int)((n + i) % 9) + 1,
        Price = Cents((n * 37 + i * 101) % 100000),
      }).ToList();
    }

    // Every tenth order has more digits than a double can hold, and zeros at the end that are part of the price.
    static decimal AmountOf(long n) {
      return n % 10 == 7 ? 1234567890123456789012.3400m + Cents(n * 10) : Cents(n * 110 % 10000000);
    }

    static decimal Cents(long cents) {
      return new decimal((int)cents, 0, 0, false, 2);
    }

    static List<string> Tags(long n) {
      switch (n % 4) {
        case 0: return null;
        case 1: return new List<string>();
        case 2: return new List<string> { "a", null, "" };
        default: return new List<string> { "urgent", "größer", "😀" };
      }
    }

    static uint Fnv1a(string text) {
      var hash = 2166136261u;
      foreach (var octet in Encoding.UTF8.GetBytes(text)) hash = unchecked((hash ^ octet) * 16777619u);
      return hash;
    }
  }
}
