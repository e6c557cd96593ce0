// A WCF caller: ChannelFactory over BasicHttpBinding, with the service's own contract types.
//
//   mono Client.exe URL WSDL CLIENT-ID IDS REF     one line of JSON a call. WSDL is not read. `-`: no id header, no writes.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Text;
using System.Xml;
using Contoso.Orders;

static class Client {
  static IOrderService service;
  static string clientId;

  static int Main(string[] args) {
    // DateTimeKind.Local is written in the zone of the machine: the same one as the service's, so that texts can be compared.
    Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
    Console.OutputEncoding = new UTF8Encoding(false);
    var binding = new BasicHttpBinding { MaxReceivedMessageSize = 16 << 20, SendTimeout = TimeSpan.FromSeconds(20) };
    using (var factory = new ChannelFactory<IOrderService>(binding, new EndpointAddress(args[0]))) {
      service = factory.CreateChannel();
      clientId = args[2] == "-" ? null : args[2];
      Reads(args[3].Split(',').Select(id => long.Parse(id)));
      if (args[4] != "-") Writes(args[4]);
    }
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
    var lines = new List<OrderLine> {
      new OrderLine { Sku = "SKU-1", Quantity = 3, Price = 1.10m },
      new OrderLine { Sku = "<&>", Quantity = 1, Price = 9007199254740993.123400m },
    };
    Call("PlaceOrder(two lines)", () => Plain(service.PlaceOrder(new NewOrder { ClientRef = reference, CustomerCode = "C0007", Lines = lines, Note = "ü" })));
    Call("PlaceOrder(no lines)", () => Plain(service.PlaceOrder(new NewOrder { ClientRef = reference, Lines = new List<OrderLine>() })));
    Call("CancelOrder(3)", () => { service.CancelOrder(3, "changed our mind"); return null; });
    Call("CancelOrder(900001)", () => { service.CancelOrder(900001, null); return null; });
    Call("NotifyShipment(3)", () => { service.NotifyShipment(3, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), "ship & co"); return null; });
  }

  static void Call(string name, Func<object> call) {
    var line = new Dictionary<string, object> { { "call", name } };
    try {
      using (new OperationContextScope((IContextChannel)service)) {
        if (clientId != null)
          OperationContext.Current.OutgoingMessageHeaders.Add(MessageHeader.CreateHeader("ClientId", Namespaces.Contract, clientId));
        line["value"] = call();
      }
    } catch (FaultException<OrderNotFoundFault> fault) {
      line["fault"] = Fault("OrderNotFoundFault", fault, new Dictionary<string, object> {
        { "OrderId", Text(fault.Detail.OrderId) }, { "Reason", fault.Detail.Reason } });
    } catch (FaultException<ValidationFault> fault) {
      line["fault"] = Fault("ValidationFault", fault, new Dictionary<string, object> {
        { "Field", fault.Detail.Field }, { "Reason", fault.Detail.Reason } });
    } catch (FaultException fault) {
      line["fault"] = Fault(null, fault, null);
    } catch (Exception error) {
      line["error"] = error.GetType().Name + ": " + error.Message;
    }
    Console.WriteLine(Json.Of(line));
  }

  static object Fault(string type, FaultException fault, object detail) {
    return new Dictionary<string, object> {
      { "type", type }, { "code", fault.Code.Name }, { "message", fault.Message }, { "detail", detail } };
  }

  static object List(List<Order> orders) {
    return orders == null ? null : orders.Select(Plain).ToList();
  }

  static object Plain(Order order) {
    if (order == null) return null;
    return new Dictionary<string, object> {
      { "Amount", Text(order.Amount) },
      { "Customer", order.Customer == null ? null : new Dictionary<string, object> { { "Code", order.Customer.Code }, { "Name", order.Customer.Name } } },
      { "Id", order.Id.ToString() },
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
