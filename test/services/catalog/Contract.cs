// What a data contract can hold: every primitive, nullables, enumerations, lists of lists, dictionaries, derived types, trees.
using System;
using System.Collections.Generic;
using System.Runtime.Serialization;
using System.ServiceModel;

namespace Contoso.Catalog {
  public static class Namespaces {
    public const string Contract = "http://contoso.example/catalog";
    public const string Actions = Contract + "/ICatalog/";
  }

  [DataContract]
  public class Scalars {
    [DataMember] public bool Bool;
    [DataMember] public sbyte Byte;
    [DataMember] public byte UnsignedByte;
    [DataMember] public short Short;
    [DataMember] public ushort UnsignedShort;
    [DataMember] public int Int;
    [DataMember] public uint UnsignedInt;
    [DataMember] public long Long;
    [DataMember] public ulong UnsignedLong;
    [DataMember] public float Float;
    [DataMember] public double Double;
    [DataMember] public decimal Decimal;
    [DataMember] public char Char;
    [DataMember] public Guid Guid;
    [DataMember] public DateTime DateTime;
    [DataMember] public DateTimeOffset DateTimeOffset;
    [DataMember] public TimeSpan TimeSpan;
    [DataMember] public byte[] Bytes;
    [DataMember] public string String;
    [DataMember] public Uri Uri;
  }

  [DataContract]
  public class Nullables {
    [DataMember] public bool? Bool;
    [DataMember] public sbyte? Byte;
    [DataMember] public byte? UnsignedByte;
    [DataMember] public short? Short;
    [DataMember] public ushort? UnsignedShort;
    [DataMember] public int? Int;
    [DataMember] public uint? UnsignedInt;
    [DataMember] public long? Long;
    [DataMember] public ulong? UnsignedLong;
    [DataMember] public float? Float;
    [DataMember] public double? Double;
    [DataMember] public decimal? Decimal;
    [DataMember] public char? Char;
    [DataMember] public Guid? Guid;
    [DataMember] public DateTime? DateTime;
    [DataMember] public TimeSpan? TimeSpan;
    [DataMember] public Colour? Colour;
    [DataMember] public Marks? Marks;
    [DataMember(EmitDefaultValue = false)] public int? Later;
  }

  [DataContract]
  public enum Colour {
    [EnumMember] Red,
    [EnumMember(Value = "dark-blue")] DarkBlue,
    [EnumMember] Grün = 7,
  }

  // A value of 0 has no name: on the wire it is an empty list.
  [DataContract, Flags]
  public enum Marks {
    [EnumMember] New = 1,
    [EnumMember] Sale = 2,
    [EnumMember] Heavy = 4,
  }

  [DataContract]
  public class Lists {
    [DataMember] public List<int?> Ints;
    [DataMember] public List<string> Strings;
    [DataMember] public List<List<int>> Grid;
    [DataMember] public List<byte[]> Blobs;
    [DataMember] public Colour[] Colours;
    [DataMember] public DateTime?[] Dates;
    [DataMember] public Marks Marks;
    [DataMember] public Dictionary<string, int> Stock;
    [DataMember] public Dictionary<int, Item> Shelves;
    [DataMember] public List<Item> Items;
  }

  [DataContract]
  public class Item {
    [DataMember(IsRequired = true)] public string Sku;
    [DataMember] public decimal Price;
    [DataMember(EmitDefaultValue = false)] public string Note;
  }

  [DataContract]
  public class Tree {
    [DataMember] public string Name;
    [DataMember] public List<Tree> Children;
  }

  [DataContract, KnownType(typeof(Circle)), KnownType(typeof(Box)), KnownType(typeof(Crate))]
  public class Shape {
    [DataMember] public string Name;
  }

  [DataContract]
  public class Circle : Shape {
    [DataMember] public double Radius;
    [DataMember] public string Also;
  }

  [DataContract]
  public class Box : Shape {
    [DataMember] public decimal Width;
    [DataMember] public Shape Inner;
  }

  [DataContract]
  public class Crate : Box {
    [DataMember] public Item[] Held;
  }

  [DataContract]
  public class Measures {
    [DataMember] public string Next;
    [DataMember] public int Bytes;
    [DataMember] public int Characters;
    [DataMember] public decimal Negative;
  }

  [DataContract]
  public class MissingFault {
    [DataMember] public string What;
  }

  [DataContract]
  public class LimitFault {
    [DataMember] public decimal Most;
    [DataMember] public DateTime? Until;
    [DataMember] public List<string> Reasons;
    [DataMember] public Shape Shape;
  }

  [DataContract(Name = "Strange.Fault-1", Namespace = "urn:contoso:strange")]
  public class StrangeFault {
    [DataMember(Name = "an-odd_name.1")] public long? Number;
  }

  [MessageContract]
  public class PriceRequest {
    [MessageHeader] public string Token;
    [MessageBodyMember(Order = 1)] public string Sku;
    [MessageBodyMember(Order = 2)] public int Count;
  }

  [MessageContract]
  public class PriceReply {
    [MessageBodyMember] public decimal Total;
  }

  [MessageContract]
  public class StampedReply {
    [MessageHeader] public string Stamp;
    [MessageBodyMember] public decimal Total;
  }

  [MessageContract(IsWrapped = false)]
  public class BareRequest {
    [MessageBodyMember(Name = "BareItem")] public Item Item;
  }

  [MessageContract(IsWrapped = false)]
  public class BareReply {
    [MessageBodyMember(Name = "BareItems")] public List<Item> Items;
  }

  [ServiceContract(Namespace = Namespaces.Contract)]
  public interface ICatalog {
    [OperationContract] Scalars GetScalars(int row);
    [OperationContract] Scalars EchoScalars(Scalars value);
    [OperationContract] Nullables GetNullables(int row);
    [OperationContract] Nullables EchoNullables(Nullables value);
    [OperationContract] Lists GetLists(int row);
    [OperationContract] Lists EchoLists(Lists value);
    [OperationContract] List<string> GetTexts(int row);
    [OperationContract] List<string> EchoTexts(List<string> value);
    [OperationContract] Tree GetTree(int row);
    [OperationContract] Tree EchoTree(Tree value);
    [OperationContract] List<Shape> GetShapes(int row);
    [OperationContract] List<Shape> EchoShapes(List<Shape> value);
    [OperationContract] object GetAny(int row);
    [OperationContract] object EchoAny(object value);
    [OperationContract] Measures Measure(Scalars value);

    // Actions of faults are spelled out because Mono forgets the slash after the namespace.
    [OperationContract]
    [FaultContract(typeof(MissingFault), Action = Namespaces.Actions + "FindMissingFaultFault")]
    [FaultContract(typeof(LimitFault), Action = Namespaces.Actions + "FindLimitFaultFault")]
    [FaultContract(typeof(StrangeFault), Action = Namespaces.Actions + "FindStrangeFaultFault")]
    Item Find(string what);

    [OperationContract] PriceReply Price(PriceRequest request);
    [OperationContract] StampedReply PriceStamped(PriceRequest request);
    [OperationContract] BareReply Bare(BareRequest request);
    [OperationContract(IsOneWay = true)] void Tell(string text);
  }
}
