// An ASMX service: XmlSerializer's shapes, which are not those of data contracts. SOAP 1.1 and 1.2 on one address.
using System;
using System.Linq;
using System.Web.Services;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;

namespace Contoso.Baskets {
  [XmlInclude(typeof(GiftBasket))]
  public class Basket {
    [XmlAttribute] public string Id;
    [XmlAttribute(DataType = "date")] public DateTime Day;
    [XmlAttribute] public int Version;
    [XmlIgnore] public bool VersionSpecified;
    [XmlAttribute] public Marks Marks;
    [XmlElement("Line")] public Line[] Lines;
    [XmlArrayItem("Label", IsNullable = true)] public string[] Labels;
    [XmlElement(IsNullable = true)] public int? Weight;
    [XmlElement(IsNullable = true)] public string Remark;
    public decimal Total;
    [XmlIgnore] public bool TotalSpecified;
    [XmlElement("Card", typeof(Card)), XmlElement("Cash", typeof(decimal))] public object Payment;
    [XmlElement(DataType = "hexBinary")] public byte[] Hash;
    public byte[] Blob;
    [XmlElement(DataType = "time")] public DateTime At;
    public DateTime When;
    public double Score;
    public float Ratio;
    public char Letter;
    public Guid Key;
    public ulong Big;
    public sbyte Small;
    public Size Size;
    [System.ComponentModel.DefaultValue(5)] public int Rating = 5;
    [XmlElement(DataType = "integer")] public string Huge;
    [XmlElement(DataType = "duration")] public string Lasts;
    public Basket Inner;
  }

  public class GiftBasket : Basket {
    public string Greeting;
  }

  public class Line {
    [XmlAttribute] public string Sku;
    [XmlText] public string Text;
  }

  public class Card {
    [XmlAttribute] public string Kind;
    public string Number;
  }

  [Flags]
  public enum Marks { None = 0, New = 1, Sale = 2, Heavy = 4 }

  public enum Size { Small, [XmlEnum("extra large")] ExtraLarge, [XmlEnum("7")] Seven }

  public class Session : SoapHeader {
    public string User;
  }

  [WebService(Namespace = "http://contoso.example/baskets")]
  public class Baskets : WebService {
    public Session Caller;

    [WebMethod] public Basket GetBasket(int row) { return Samples.Basket(row); }
    [WebMethod] public Basket EchoBasket(Basket value) { return value; }
    [WebMethod] public Basket[] GetBaskets(int row) { return row == 9 ? new Basket[] { null } : new[] { Samples.Basket(row), new Basket() }; }
    [WebMethod] public Basket[] EchoBaskets(Basket[] value) { return value; }
    [WebMethod] public string Join(string left, string right) { return (left ?? "(null)") + "|" + (right ?? "(null)"); }
    [WebMethod, SoapHeader("Caller")] public int Count(string of) { return (of ?? "").Length; }
    [WebMethod, SoapDocumentMethod(ParameterStyle = SoapParameterStyle.Bare)] public int Bare([XmlElement("Asked")] int asked) { return asked * 2; }
    [WebMethod, SoapDocumentMethod(OneWay = true)] public void Tell(string text) { }
    [WebMethod] public string Fail(string how) { throw new SoapException("Failed: " + how, SoapException.ClientFaultCode); }
  }

  public static class Samples {
    public static Basket Basket(int row) {
      switch (row) {
        case 1: return new GiftBasket {
          Id = " a\n<b>\t\"c\" & 'd' é 😀 ", Day = new DateTime(2024, 3, 10), Version = 3, VersionSpecified = true, Marks = Marks.New | Marks.Heavy,
          Lines = new[] { new Line { Sku = "x", Text = "  text with <markup/> & ]]>  " }, new Line { Text = "two\nlines" }, new Line { Sku = "" } },
          Labels = new[] { "a", null, "", " b " }, Weight = 7, Remark = "", Total = 1.10m, TotalSpecified = true, Payment = new Card { Kind = "k", Number = "0012" },
          Hash = new byte[] { 0, 171, 255 }, Blob = new byte[] { 1, 2, 3, 4 }, At = new DateTime(1, 1, 1, 12, 34, 56, DateTimeKind.Utc).AddTicks(1234567),
          When = new DateTime(2024, 3, 10, 12, 34, 56, DateTimeKind.Utc).AddTicks(1234567), Score = 0.1, Ratio = 3.5f, Letter = 'ü',
          Key = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"), Big = ulong.MaxValue, Small = -128, Size = Size.ExtraLarge, Rating = 9,
          Huge = "123456789012345678901234567890", Lasts = "P1DT2H3M4.005S", Inner = new Basket { Size = Size.Seven, Payment = 2.50m }, Greeting = "株式会社",
        };
        case 2: return new Basket { Lines = new Line[0], Labels = new string[0], Blob = new byte[0], Score = double.NaN, Ratio = float.NegativeInfinity, Payment = 0.00m };
        case 3: return new Basket {
          Score = double.MaxValue, Ratio = float.MaxValue, Letter = ' ', When = new DateTime(2024, 7, 1, 0, 0, 0, DateTimeKind.Local),
          Total = decimal.MinValue, TotalSpecified = true, Remark = "line\r\nbreak", Weight = 0, Inner = new GiftBasket { Greeting = "" },
        };
        default: return null;
      }
    }
  }
}
