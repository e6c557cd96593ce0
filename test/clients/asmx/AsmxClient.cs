// An ASMX caller, older than WCF: SoapHttpClientProtocol over OrderProxy.cs.
//
//   mono AsmxClient.exe URL WSDL CLIENT-ID IDS REF     one line of JSON a call. WSDL is not read. `-`: no id header, no writes.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Web.Services.Protocols;
using System.Xml;
using System.Xml.Serialization;
using Contoso.OrdersProxy;

static class AsmxClient {
  static OrderProxy service;

  static int Main(string[] args) {
    // DateTimeKind.Local is told in the zone of the machine: the same one as the service's, so that texts can be compared.
    Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
    Console.OutputEncoding = new UTF8Encoding(false);
    service = new OrderProxy { Url = args[0], Timeout = 20000 };
    if (args[2] != "-") service.Client = new ClientId { Value = args[2] };
    Reads(args[3].Split(',').Select(id => long.Parse(id)));
    if (args[4] != "-") Writes(args[4]);
    return 0;
  }

  static void Reads(IEnumerable<long> ids) {
    Call("Ping()", () => service.Ping());
    foreach (var id in ids) Call("GetOrder(" + id + ")", () => Plain(service.GetOrder(id)));
    Call("ListOrders(C0007, null, 3)", () => List(service.ListOrders("C0007", null, 3)));
    Call("ListOrders(null, Paid, 2)", () => List(service.ListOrders(null, OrderStatus.Paid, 2)));
    Call("ListOrders(nobody, null, 5)", () => List(service.ListOrders("nobody", null, 5)));
  }

  static void Writes(string reference) {
    var lines = new[] {
      new OrderLine { Sku = "SKU-1", Quantity = 3, Price = 1.10m },
      new OrderLine { Sku = "<&>", Quantity = 1, Price = 9007199254740993.123400m },
    };
    Call("PlaceOrder(two lines)", () => Plain(service.PlaceOrder(new NewOrder { ClientRef = reference, CustomerCode = "C0007", Lines = lines, Note = "ü" })));
    Call("PlaceOrder(no lines)", () => Plain(service.PlaceOrder(new NewOrder { ClientRef = reference, Lines = new OrderLine[0] })));
    Call("CancelOrder(3)", () => { service.CancelOrder(3, "changed our mind"); return null; });
    Call("CancelOrder(900001)", () => { service.CancelOrder(900001, null); return null; });
    Call("NotifyShipment(3)", () => { service.NotifyShipment(3, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), "ship & co"); return null; });
  }

  static void Call(string name, Func<object> call) {
    var line = new Dictionary<string, object> { { "call", name } };
    try {
      line["value"] = call();
    } catch (SoapException fault) {
      line["fault"] = Fault(fault);
    } catch (Exception error) {
      line["error"] = error.GetType().Name + ": " + error.Message;
    }
    Console.WriteLine(Json.Of(line));
  }

  // ASMX hands the detail over as XML; programs read it by the type that the contract names.
  static object Fault(SoapException fault) {
    var element = fault.Detail == null ? null : fault.Detail.ChildNodes.OfType<XmlElement>().FirstOrDefault();
    var missing = Typed<OrderNotFoundFault>(element);
    var invalid = Typed<ValidationFault>(element);
    var detail = missing != null ? new Dictionary<string, object> { { "OrderId", Text(missing.OrderId) }, { "Reason", missing.Reason } }
      : invalid != null ? new Dictionary<string, object> { { "Field", invalid.Field }, { "Reason", invalid.Reason } } : null;
    return new Dictionary<string, object> {
      { "type", detail == null ? null : element.LocalName }, { "code", fault.Code.Name }, { "message", fault.Message }, { "detail", detail } };
  }

  static T Typed<T>(XmlElement element) where T : class {
    var serializer = new XmlSerializer(typeof(T));
    if (element == null) return null;
    var reader = new XmlNodeReader(element);
    return serializer.CanDeserialize(reader) ? (T)serializer.Deserialize(reader) : null;
  }

  static object List(Order[] orders) {
    return orders == null ? null : orders.Select(Plain).ToList();
  }

  static object Plain(Order order) {
    if (order == null) return null;
    return new Dictionary<string, object> {
      { "Amount", Text(order.Amount) },
      { "Customer", order.Customer == null ? null : new Dictionary<string, object> { { "Code", order.Customer.Code }, { "Name", order.Customer.Name } } },
      { "Id", order.Id },
      { "Lines", order.Lines == null ? null : order.Lines.Select(Plain).ToList() },
      { "Note", order.Note },
      { "Number", Text(order.Number) },
      { "Placed", Text(order.Placed) },
      { "Serial", Text(order.Serial) },
      { "ShippedAt", order.ShippedAt == null ? null : Text(order.ShippedAt.Value) },
      { "Status", order.Status.ToString() },
      { "Tags", order.Tags },
      { "Channel", order.Channel },
    };
  }

  static object Plain(OrderLine line) {
    return new Dictionary<string, object> { { "Price", Text(line.Price) }, { "Quantity", line.Quantity }, { "Sku", line.Sku } };
  }

  static object Plain(OrderReceipt receipt) {
    if (receipt == null) return null;
    return new Dictionary<string, object> {
      { "ClientRef", receipt.ClientRef }, { "Number", Text(receipt.Number) }, { "Status", receipt.Status.ToString() }, { "Total", Text(receipt.Total) } };
  }

  static string Text(IFormattable number) {
    return number.ToString(null, CultureInfo.InvariantCulture);
  }

  static string Text(DateTime time) {
    return XmlConvert.ToString(time, XmlDateTimeSerializationMode.RoundtripKind);
  }
}
